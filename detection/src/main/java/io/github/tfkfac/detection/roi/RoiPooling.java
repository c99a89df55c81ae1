package io.github.tfkfac.detection.roi;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Features of regions on one map, as a graph function.
 *
 * <p>RoIAlign: the region is divided into bins, each the mean of bilinear samples on a regular
 * grid. A sample more than one pixel outside of the map is 0; nearer ones are moved to its edge.
 *
 * <p>Source: He et al., "Mask R-CNN", 2017, section 3.
 */
public interface RoiPooling {

  /**
   * The features of every region; differentiable in {@code features} only.
   *
   * @param features {@code [N, H, W, C]}
   * @param boxes in pixels of the image, {@code [R, 4]}
   * @param images which map each box is on, {@code [R]}
   * @param scale feature pixels per pixel of the image
   * @return {@code [R, height, width, C]}, also for R = 0
   */
  <T extends TNumber> Operand<T> pool(
      Ops tf, Operand<T> features, Operand<T> boxes, Operand<TInt32> images, double scale);

  /** Bins from top to bottom. */
  int height();

  /** Bins from left to right. */
  int width();
}
