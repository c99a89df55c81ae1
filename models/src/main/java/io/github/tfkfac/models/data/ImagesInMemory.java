package io.github.tfkfac.models.data;

import java.security.MessageDigest;
import java.util.Arrays;

/** Images one after another in an array, HWC. */
final class ImagesInMemory implements ImageStore {

  private final ImageShape shape;
  private final byte[] pixels;

  /** Takes over an array that nobody else holds. */
  ImagesInMemory(ImageShape shape, byte[] pixels) {
    this.shape = shape;
    this.pixels = pixels;
  }

  @Override
  public byte[] image(int image) {
    int length = shape.valueCount();
    return Arrays.copyOfRange(pixels, image * length, (image + 1) * length);
  }

  @Override
  public byte value(int image, int place) {
    return pixels[image * shape.valueCount() + place];
  }

  @Override
  public byte[] region(int image, Region.Choice choice) {
    Region region = choice.of(shape.height(), shape.width());
    return Resampling.resize(image(image), shape, region, shape);
  }

  @Override
  public ImageStore range(int start, int end) {
    int length = shape.valueCount();
    return new ImagesInMemory(shape, Arrays.copyOfRange(pixels, start * length, end * length));
  }

  @Override
  public void addTo(MessageDigest digest) {
    digest.update(pixels);
  }
}
