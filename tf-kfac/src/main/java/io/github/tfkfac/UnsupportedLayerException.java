package io.github.tfkfac;

/** A captured layer that the chosen options cannot precondition. */
public final class UnsupportedLayerException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String layer;
  private final String problem;

  /**
   * @param layer name of the layer, that of its weight
   * @param problem what was expected and what was found, with the layer's name
   */
  public UnsupportedLayerException(String layer, String problem) {
    super("%s; skip the layer with withSkippedLayers(\"%s\")".formatted(problem, layer));
    this.layer = layer;
    this.problem = problem;
  }

  /** The layer's name. */
  public String layer() {
    return layer;
  }

  /** The problem: what was expected and what was found. */
  public String problem() {
    return problem;
  }
}
