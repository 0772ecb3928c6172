"""Compile the engine's kernels into their cache, so that no first request waits for it; idempotent.

Two processes compile at once: the simulation's kernels are about as much work as all the others together.
"""

from concurrent.futures import ProcessPoolExecutor

from sdp_engine.contest.warm import warm as warm_contests
from sdp_engine.optimize.warm import warm as warm_optimizer
from sdp_engine.simulate.warm import warm as warm_simulation


def _others() -> None:
    warm_optimizer()
    warm_contests()


def main() -> None:
    """Compile what is not in the cache yet."""
    print("compiling the kernels (once) ...", flush=True)
    with ProcessPoolExecutor(2) as pool:
        for compiled in (pool.submit(warm_simulation), pool.submit(_others)):
            compiled.result()


if __name__ == "__main__":
    main()
