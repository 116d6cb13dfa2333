"""Pages of figures. Only staff have them."""
