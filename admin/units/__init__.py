"""The screens of units (单位): the tree, one unit, and their import."""
