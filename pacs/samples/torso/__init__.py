"""A torso that was never alive: tissues by formula in LPS millimetres, drawn slice by slice (PS3.3 C.7.6.2.1.1).

x rises to the patient's left, y to the back, z to the head; z = 0 lies near the domes of the diaphragm.
"""
