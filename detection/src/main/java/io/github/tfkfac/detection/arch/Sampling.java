package io.github.tfkfac.detection.arch;

/**
 * How many examples of an image enter a loss.
 *
 * @param perImage examples in all
 * @param positiveShare largest share of positive ones among them; the rest is filled up with
 *     negative ones
 */
public record Sampling(int perImage, double positiveShare) {

  public Sampling {
    Require.positive("examples per image", perImage);
    Require.share("share of positive examples", positiveShare);
  }

  /** Most positive examples of an image. */
  public int mostPositives() {
    return (int) (perImage * positiveShare);
  }
}
