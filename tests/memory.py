"""Where the tests' servers keep their files: a copied database costs a tenth of one on a disk.

Power is cut in tests by killing processes, or by forgetting what was not synced, so a slow disk
proves no more.
"""

import shutil
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
ROOM_BYTES = 3 * 2**30
"""Several times what all test processes together fill."""


def _is_roomy(directory: Path) -> bool:
    """Tell whether it is there and large enough; a container's often is not."""
    return directory.is_dir() and shutil.disk_usage(directory).free > ROOM_BYTES


MEMORY = SHARED_MEMORY if _is_roomy(SHARED_MEMORY) else None
"""None: the system's own temporary directory."""
