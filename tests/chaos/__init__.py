"""Workers that die at the worst moments."""
