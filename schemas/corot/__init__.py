"""What the CoRoT mission is, as data: its runs and its published tables."""
