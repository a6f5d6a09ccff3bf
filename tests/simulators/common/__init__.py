"""What the simulators of platforms share: HTTPS, certificates, the clock, scripted faults, and their processes."""
