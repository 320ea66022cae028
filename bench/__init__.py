"""Our figures beside the bars they are held to, in one run on one machine: `make bench`.

Each family of bars is a module with a function `measure` that yields them. Nothing here is a test: no figure
fails anything, since a clock on a shared machine says little. What is compared is ratios taken side by side.
"""
