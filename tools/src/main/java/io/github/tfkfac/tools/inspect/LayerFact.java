package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.optimizer.Approximation.Inverses;
import io.github.tfkfac.optimizer.CurvatureOptions;

/**
 * A captured layer and what it costs.
 *
 * @param name name of its weight
 * @param kind the kind of layer in a word or two
 * @param size what its cost depends on
 * @param factorBytes bytes of its two factors; their inverses take as much again
 * @param cost of each part of a step
 * @param overhead of an average step
 */
public record LayerFact(
    String name, String kind, LayerSize size, long factorBytes, StepCost cost, Overhead overhead) {

  static LayerFact of(LayerSite<?> site, int batch, CurvatureOptions options) {
    LayerSize size = LayerSize.of(site, batch);
    StepCost cost =
        options.approximation() instanceof Inverses inverses
            ? StepCost.of(size, inverses.iterativeSolver(), inverses.exactSolver())
            : StepCost.of(size, InverseSolver.eigen(), InverseSolver.eigen());
    return new LayerFact(
        site.name(),
        site.kind(),
        size,
        site.factorBytes(),
        cost,
        cost.overhead(options.factors().statistics().period(), options.refreshes().period()));
  }
}
