"""Spectrogram images in bulk: a folder of music becomes a folder of pictures and a table of them."""

from soundglass.surfaces.images.run import ImageFailure, ImagesProgress, ImagesSummary, write_images
from soundglass.surfaces.images.settings import ImageSettings

__all__ = ["ImageFailure", "ImageSettings", "ImagesProgress", "ImagesSummary", "write_images"]
