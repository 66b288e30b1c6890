"""Small models whose weights are all at work."""

import jax

from quatrain.models.transformer import Size

TINY = Size(16, 2, 2)


def loud(model, seed=7):
    """The same model with noise on every weight, those that begin at nothing too."""
    leaves, tree = jax.tree.flatten(model)
    keys = jax.random.split(jax.random.key(seed), len(leaves))
    noise = [leaf + 0.3 * jax.random.normal(key, leaf.shape) for leaf, key in zip(leaves, keys, strict=True)]
    return jax.tree.unflatten(tree, noise)
