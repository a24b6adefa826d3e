"""Records of resources for the VO registry (VOResource 1.2), as data and as XML."""
