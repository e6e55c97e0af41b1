"""Both platforms, towards our product and over HTTP, as their documentation says: see docs/simulator.md."""

from simulator.running import Simulator, running_simulator

__all__ = ["Simulator", "running_simulator"]
