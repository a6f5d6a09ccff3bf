"""What a shop does for a customer: policies, what is allowed now, how much goes back, and how the money leaves."""
