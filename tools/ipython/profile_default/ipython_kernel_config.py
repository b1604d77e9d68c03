c.IPKernelApp.log_level = 40  # ipykernel 7 otherwise announces its TCP ports on stderr, which the comparison of outputs would see
