package io.github.tfkfac.detection.arch;

/**
 * The mask head.
 *
 * @param channels channels of its convolutions
 * @param convolutions convolutions in front of the transposed one
 * @param pool rows and columns of a pooled region; masks have twice as many
 */
public record MaskSettings(int channels, int convolutions, int pool) {

  public MaskSettings {
    Require.positive("channels of the mask head", channels);
    Require.positive("convolutions of the mask head", convolutions);
    Require.positive("rows of a pooled region of the mask head", pool);
  }

  /** Four convolutions of 256 channels on 14 by 14 pixels. */
  public static MaskSettings usual() {
    return new MaskSettings(256, 4, 14);
  }

  /** The same with another number of channels in the mask head. */
  public MaskSettings withChannels(int other) {
    return new MaskSettings(other, convolutions, pool);
  }

  /** Rows and columns of a predicted mask. */
  public int maskSize() {
    return 2 * pool;
  }
}
