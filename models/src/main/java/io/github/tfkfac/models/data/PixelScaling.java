package io.github.tfkfac.models.data;

import java.util.Collections;
import java.util.List;

/**
 * Conversion of pixel bytes to network inputs.
 *
 * <p><i>Shapes</i>: one image HWC in, the same layout out. <i>Numerics</i>: float32 results.
 */
public sealed interface PixelScaling {

  /** Writes the scaled values of {@code image} to {@code target}, an array of the same length. */
  void scale(byte[] image, ImageShape shape, float[] target);

  /** Pixels in 0 to 1. */
  static PixelScaling unitRange(int channels) {
    return new PerChannel(Collections.nCopies(channels, 0f), Collections.nCopies(channels, 1f));
  }

  /** Pixels as they are, 0 to 255. */
  static PixelScaling bytes(int channels) {
    return new PerChannel(
        Collections.nCopies(channels, 0f), Collections.nCopies(channels, 1f / 255));
  }

  /**
   * The constants that published PyTorch ResNets for CIFAR-10 (and ImageNet) were trained with:
   * mean (0.485, 0.456, 0.406), standard deviation (0.229, 0.224, 0.225), RGB.
   */
  static PixelScaling pretrainedRgb() {
    return new PerChannel(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
  }

  /**
   * Mean and standard deviation of each channel over all pixels of a data set; a constant channel
   * keeps a divisor of 1.
   */
  static PixelScaling ofDataset(ImageDataset data) {
    int channels = data.shape().channels();
    long[] sum = new long[channels];
    long[] sumOfSquares = new long[channels];
    for (int i = 0; i < data.size(); i++) {
      byte[] image = data.image(i);
      for (int k = 0; k < image.length; k++) {
        int value = Byte.toUnsignedInt(image[k]);
        sum[k % channels] += value;
        sumOfSquares[k % channels] += (long) value * value;
      }
    }
    double count = (double) data.size() * data.shape().height() * data.shape().width();
    Float[] mean = new Float[channels];
    Float[] deviation = new Float[channels];
    for (int c = 0; c < channels; c++) {
      double m = sum[c] / count;
      double variance = Math.max(0, sumOfSquares[c] / count - m * m);
      mean[c] = (float) (m / 255);
      deviation[c] = variance == 0 ? 1f : (float) (Math.sqrt(variance) / 255);
    }
    return new PerChannel(List.of(mean), List.of(deviation));
  }

  /**
   * {@code (pixel / 255 - mean[c]) / standardDeviation[c]}.
   *
   * @param mean one value per channel
   * @param standardDeviation one positive value per channel
   */
  record PerChannel(List<Float> mean, List<Float> standardDeviation) implements PixelScaling {

    public PerChannel {
      mean = List.copyOf(mean);
      standardDeviation = List.copyOf(standardDeviation);
      if (mean.isEmpty() || mean.size() != standardDeviation.size()) {
        throw new IllegalArgumentException(
            "expected one mean and one standard deviation per channel, found "
                + mean.size()
                + " means and "
                + standardDeviation.size()
                + " standard deviations");
      }
      for (int c = 0; c < mean.size(); c++) {
        float deviation = standardDeviation.get(c);
        if (!Float.isFinite(mean.get(c)) || !(deviation > 0) || !Float.isFinite(deviation)) {
          throw new IllegalArgumentException(
              "expected a finite mean and a positive standard deviation for channel "
                  + c
                  + ", found "
                  + mean.get(c)
                  + " and "
                  + deviation);
        }
      }
    }

    @Override
    public void scale(byte[] image, ImageShape shape, float[] target) {
      int channels = mean.size();
      if (shape.channels() != channels) {
        throw new IllegalArgumentException(
            "expected images of "
                + channels
                + " channels (one per mean), found "
                + shape
                + "; scale with PixelScaling.ofDataset");
      }
      for (int c = 0; c < channels; c++) {
        float m = mean.get(c);
        float deviation = standardDeviation.get(c);
        for (int k = c; k < image.length; k += channels) {
          target[k] = (Byte.toUnsignedInt(image[k]) / 255f - m) / deviation;
        }
      }
    }
  }

  /**
   * {@code (pixel - mean) / max(standardDeviation, 1 / sqrt(n))} with the moments of all n values
   * of the image itself (TensorFlow's per-image standardization).
   */
  record PerImage() implements PixelScaling {

    @Override
    public void scale(byte[] image, ImageShape shape, float[] target) {
      long sum = 0;
      long sumOfSquares = 0;
      for (byte b : image) {
        int value = Byte.toUnsignedInt(b);
        sum += value;
        sumOfSquares += (long) value * value;
      }
      double n = image.length;
      double mean = sum / n;
      double deviation = Math.sqrt(Math.max(0, sumOfSquares / n - mean * mean));
      double divisor = Math.max(deviation, 1 / Math.sqrt(n));
      for (int k = 0; k < image.length; k++) {
        target[k] = (float) ((Byte.toUnsignedInt(image[k]) - mean) / divisor);
      }
    }
  }
}
