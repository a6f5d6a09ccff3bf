"""What an adapter addon got wrong: an error of its authors, never of the platform."""


class AdapterContractError(Exception):
    """A method of the contract that an adapter has to answer, and does not.

    ``adapter``: name of its model; ``method``: name of the method; ``reason``: why the method is needed.
    """

    def __init__(self, adapter: str, method: str, reason: str) -> None:
        self.adapter = adapter
        self.method = method
        self.reason = reason
        super().__init__(f"{adapter} does not answer {method}(): {reason}")
