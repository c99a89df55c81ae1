package io.github.tfkfac.models.arch;

/**
 * The size of images that a network is made for; decides its first layers, its classifier, or both.
 */
public enum ImageScale {
  /** About 32×32, as CIFAR and SVHN. */
  CIFAR(""),
  /** About 224×224, as ImageNet. */
  IMAGENET("-imagenet");

  private final String suffix;

  ImageScale(String suffix) {
    this.suffix = suffix;
  }

  /** The name of an architecture at this scale. */
  String named(String architecture) {
    return architecture + suffix;
  }
}
