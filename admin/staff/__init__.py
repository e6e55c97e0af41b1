"""The screens of those who run campaigns: one's own account, and for the owner all of them."""
