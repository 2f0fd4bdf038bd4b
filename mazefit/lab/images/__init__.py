"""The commands on real images: a classifier, an autoencoder, and maps of what it has learned."""
