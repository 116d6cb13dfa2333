"""What somebody with the source would try. Each test is a class of hole, not one address."""
