"""Who people are and what they are granted: accounts, groups, grants, ways to log in."""
