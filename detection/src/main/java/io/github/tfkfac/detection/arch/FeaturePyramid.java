package io.github.tfkfac.detection.arch;

import io.github.tfkfac.models.arch.ResNetBody;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * The feature maps of a pass.
 *
 * @param body maps of the backbone
 * @param laterals 1×1 convolutions of the backbone's stages, before anything is added
 * @param levels the pyramid, finest first: a level per stage of the backbone (P2 to P5) and the
 *     last of them subsampled (P6); each {@code [N, H, W, channels]}
 */
public record FeaturePyramid<T extends TNumber>(
    ResNetBody.Features<T> body, List<Operand<T>> laterals, List<Operand<T>> levels) {

  public FeaturePyramid {
    laterals = List.copyOf(laterals);
    levels = List.copyOf(levels);
  }

  /** The levels that regions of interest are pooled from: all but the subsampled one. */
  public List<Operand<T>> regionLevels() {
    return levels.subList(0, levels.size() - 1);
  }
}
