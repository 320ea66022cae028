"""Pure: a Part 10 file out of metadata and the bulkdata that they name (PS3.18 10.5.1.4), without holding any of it."""
