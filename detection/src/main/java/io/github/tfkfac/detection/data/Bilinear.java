package io.github.tfkfac.detection.data;

/**
 * Bilinear resizing between pixel centers, without a wider filter when reducing: output i lies at
 * {@code max(0, (i + 1/2) old/new - 1/2)}, and beyond the last pixel its value stays.
 *
 * <p>Source: PyTorch's {@code interpolate(mode="bilinear", align_corners=False)}.
 */
final class Bilinear {

  /** The two pixels next to each output along one axis, and the weight of the second. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Neighbors(int[] first, int[] second, float[] weight) {

    static Neighbors of(int from, int to) {
      double step = (double) from / to;
      int[] first = new int[to];
      int[] second = new int[to];
      float[] weight = new float[to];
      for (int i = 0; i < to; i++) {
        double at = Math.max(0, step * (i + 0.5) - 0.5);
        first[i] = Math.min((int) at, from - 1);
        second[i] = Math.min(first[i] + 1, from - 1);
        weight[i] = (float) Math.min(1, at - first[i]);
      }
      return new Neighbors(first, second, weight);
    }
  }

  private Bilinear() {}

  /** The values, HWC, in another size. */
  static float[] resize(float[] source, ImageSize from, ImageSize to, int channels) {
    Neighbors rows = Neighbors.of(from.height(), to.height());
    Neighbors columns = Neighbors.of(from.width(), to.width());
    float[] result = new float[to.height() * to.width() * channels];
    int at = 0;
    for (int y = 0; y < to.height(); y++) {
      int upper = rows.first[y] * from.width();
      int lower = rows.second[y] * from.width();
      float down = rows.weight[y];
      for (int x = 0; x < to.width(); x++) {
        int left = columns.first[x];
        int right = columns.second[x];
        float across = columns.weight[x];
        for (int c = 0; c < channels; c++) {
          float above =
              (1 - across) * source[(upper + left) * channels + c]
                  + across * source[(upper + right) * channels + c];
          float below =
              (1 - across) * source[(lower + left) * channels + c]
                  + across * source[(lower + right) * channels + c];
          result[at++] = (1 - down) * above + down * below;
        }
      }
    }
    return result;
  }
}
