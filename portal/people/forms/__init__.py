"""What staff may write about people, checked and explained. One module per noun."""
