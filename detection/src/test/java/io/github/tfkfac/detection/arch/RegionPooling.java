package io.github.tfkfac.detection.arch;

import java.util.List;

/**
 * RoIAlign from its definition (He et al., 2017, section 3) for torchvision's legacy convention:
 * pixel centers at whole numbers, regions at least one feature pixel wide, 2 by 2 samples a bin.
 *
 * @param maps values of each level, {@code [N, H, W, channels]}
 * @param extents height (equal to width) of each level
 * @param channels channels of each level
 * @param finestScale unit of the level's number
 */
record RegionPooling(List<double[]> maps, int[] extents, int channels, double finestScale) {

  private static final int SAMPLES = 2;
  private static final int FINEST_STRIDE = 4;

  /** Pools one box (x1, y1, x2, y2): {@code [pool, pool, channels]}. */
  double[] pool(int image, double[] box, int pool) {
    int level = level(box);
    double scale = 1.0 / (FINEST_STRIDE << level);
    double binWidth = Math.max((box[2] - box[0]) * scale, 1) / pool;
    double binHeight = Math.max((box[3] - box[1]) * scale, 1) / pool;
    double[] result = new double[pool * pool * channels];
    for (int sample = 0; sample < pool * pool * SAMPLES * SAMPLES; sample++) {
      int bin = sample / (SAMPLES * SAMPLES);
      int row = bin / pool;
      int column = bin % pool;
      double y = box[1] * scale + (row + offset(sample / SAMPLES)) * binHeight;
      double x = box[0] * scale + (column + offset(sample)) * binWidth;
      add(result, bin * channels, level, image, y, x);
    }
    return result;
  }

  private static double offset(int sample) {
    return (sample % SAMPLES + 0.5) / SAMPLES;
  }

  private int level(double[] box) {
    double side = Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
    int level = (int) Math.floor(Math.log(side / finestScale) / Math.log(2) + 1e-6);
    return Math.min(Math.max(level, 0), maps.size() - 1);
  }

  private void add(double[] result, int at, int level, int image, double y, double x) {
    int extent = extents[level];
    if (y < -1 || y > extent || x < -1 || x > extent) {
      return;
    }
    double row = Math.min(Math.max(y, 0), extent - 1);
    double column = Math.min(Math.max(x, 0), extent - 1);
    for (int corner = 0; corner < 4; corner++) {
      int i = Math.min((int) row + corner / 2, extent - 1);
      int j = Math.min((int) column + corner % 2, extent - 1);
      double below = row - (int) row;
      double right = column - (int) column;
      double weight = (corner / 2 == 1 ? below : 1 - below) * (corner % 2 == 1 ? right : 1 - right);
      int source = ((image * extent + i) * extent + j) * channels;
      for (int channel = 0; channel < channels; channel++) {
        result[at + channel] += weight * maps.get(level)[source + channel] / (SAMPLES * SAMPLES);
      }
    }
  }
}
