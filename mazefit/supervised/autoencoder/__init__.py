"""Autoencoders: images to a short code and back, beside principal component analysis, which is the same without activations.

layers, network, models              what is fitted; fast_conv, fast_tanh, one_channel, padded: how it is computed on a CPU
fits, recipes, pca, codes, saved     fitting it, what it stands against, what it makes of images, keeping it
transformer                          all of that with scikit-learn's face
"""
