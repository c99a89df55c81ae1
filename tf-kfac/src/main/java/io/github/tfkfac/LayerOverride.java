package io.github.tfkfac;

import io.github.tfkfac.extension.Damping;
import java.util.Optional;

/**
 * Settings of the layers whose weight's name matches a pattern, in place of the optimizer's.
 *
 * @param pattern which layers
 * @param damping their damping, if different
 * @param refreshes when their inverses are refreshed, if different
 * @param exactSolver their solver of exact refreshes, if different
 * @param iterativeSolver their solver of the other refreshes, if different
 */
public record LayerOverride(
    NamePattern pattern,
    Optional<Damping> damping,
    Optional<RefreshPolicy> refreshes,
    Optional<InverseSolver> exactSolver,
    Optional<InverseSolver> iterativeSolver) {

  /** No difference yet, for layers that match the pattern. */
  public static LayerOverride of(String pattern) {
    return new LayerOverride(
        new NamePattern(pattern),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same with a damping of their own. */
  public LayerOverride withDamping(Damping value) {
    return new LayerOverride(pattern, Optional.of(value), refreshes, exactSolver, iterativeSolver);
  }

  /** The same with refreshes of their own. */
  public LayerOverride withRefreshes(RefreshPolicy value) {
    return new LayerOverride(pattern, damping, Optional.of(value), exactSolver, iterativeSolver);
  }

  /** The same with an exact solver of their own. */
  public LayerOverride withExactSolver(InverseSolver value) {
    return new LayerOverride(pattern, damping, refreshes, Optional.of(value), iterativeSolver);
  }

  /** The same with an iterative solver of their own. */
  public LayerOverride withIterativeSolver(InverseSolver value) {
    return new LayerOverride(pattern, damping, refreshes, exactSolver, Optional.of(value));
  }

  /** The settings of this one, and those that only the other one has. */
  public LayerOverride over(LayerOverride other) {
    return new LayerOverride(
        pattern,
        damping.or(other::damping),
        refreshes.or(other::refreshes),
        exactSolver.or(other::exactSolver),
        iterativeSolver.or(other::iterativeSolver));
  }
}
