"""A head that was never alive: tissues by formula in LPS millimetres, cut in any plane, seen by MR sequences.

x rises to the patient's left, y to the back, z to the head; the origin lies between the thalami.
"""
