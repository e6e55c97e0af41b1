"""The screens of campaigns: drafted, published and run, with their doors, rankings and mended questions."""
