"""What setup/run, setup/test and setup/bench share.

Modules named in ``bootstrap`` use the standard library only: they run before the virtual environment exists.
"""
