c.IPKernelApp.log_level = 40  # ipykernel 7 otherwise announces its TCP ports on stderr, which nbval would compare
