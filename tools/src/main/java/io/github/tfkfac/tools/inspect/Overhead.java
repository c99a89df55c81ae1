package io.github.tfkfac.tools.inspect;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Floating point operations of an average second-order step beyond those of training, each divided
 * by those of training.
 *
 * @param statistics spread over the statistics period
 * @param refresh a refresh spread over the inverse period
 * @param preconditioning of every step
 */
public record Overhead(double statistics, double refresh, double preconditioning) {

  /** That of several layers together. */
  static Overhead of(List<LayerFact> layers) {
    double training = layers.stream().mapToDouble(layer -> layer.cost().training()).sum();
    double statistics = 0;
    double refresh = 0;
    double preconditioning = 0;
    for (LayerFact layer : layers) {
      double share = layer.cost().training() / training;
      statistics += share * layer.overhead().statistics();
      refresh += share * layer.overhead().refresh();
      preconditioning += share * layer.overhead().preconditioning();
    }
    return new Overhead(statistics, refresh, preconditioning);
  }

  /** All three. */
  @JsonProperty
  public double total() {
    return statistics + refresh + preconditioning;
  }
}
