"""How a daemon is stopped, and how clients are kept from starting another one."""
