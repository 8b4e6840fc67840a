"""A history sent again, with fresh tokens, codes and signatures."""
