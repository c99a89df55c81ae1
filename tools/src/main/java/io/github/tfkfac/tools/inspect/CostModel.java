package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.Approximation.Eigenbases;
import io.github.tfkfac.Approximation.Inverses;
import io.github.tfkfac.Approximation.Spectrum;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOverride;
import io.github.tfkfac.Positions;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.internal.linalg.NewtonInverse;
import java.util.Optional;
import java.util.function.Function;

/**
 * Counts the floating point operations of a layer.
 *
 * <p>Per group, with n rows, a inputs (bias included) and b outputs, N examples, k backward passes
 * beyond that of training (a sampled Fisher has 1, an exact one as many as outputs):
 *
 * <ul>
 *   <li>training {@code 6nab}: forward and twice as much backward;
 *   <li>statistics {@code na² + max(1, k)·nb²} (2nd² for each factor, half by symmetry; N in place
 *       of n if positions are reduced) and {@code 2knab}; with EKFAC's diagonal the gradients per
 *       example and their projection in addition;
 *   <li>a refresh of a factor of order d: {@code 4d³} per Newton iteration, {@code d³} by Cholesky
 *       and in blocks, {@code 2d³} by LU, {@code 9d³} by eigendecomposition; by Woodbury's identity
 *       {@code 2N²d + N³ + 2Nd²}, or {@code Nd² + d³} if N ≥ d;
 *   <li>preconditioning {@code 2ab(a + b)}, twice that in eigenbases.
 * </ul>
 *
 * <p>Of a factor in blocks, of a diagonal and of the identity only what is kept counts. Elementwise
 * work, damping and a coarse level are left out; convolution statistics may take less than this,
 * because overlapping patches share products.
 *
 * @param options what the optimizer does
 * @param batch N
 * @param outputs output units of the network, that is, numbers per example
 */
record CostModel(KfacOptions options, int batch, int outputs) {

  private static final int EIGENDECOMPOSITION = 9;

  /** The cost of one layer. */
  StepCost of(LayerSite<?> site, LayerSize size) {
    return of(
        size,
        options.layers().limit().kept(site.inputStructure()),
        options.layers().limit().kept(site.outputStructure()),
        override(site, LayerOverride::exactSolver));
  }

  StepCost of(
      LayerSize size,
      FactorStructure input,
      FactorStructure output,
      Optional<InverseSolver> ownExactSolver) {
    double ab = (double) size.inputSize() * size.outputSize() * size.blocks();
    double extraPass = 2 * size.rows() * ab;
    int passes = passes();
    double applied =
        applied(input, (double) size.outputSize()) + applied(output, (double) size.inputSize());
    double training = 6 * size.rows() * ab;
    if (options.approximation() instanceof Inverses inverses) {
      InverseSolver exact = ownExactSolver.orElse(inverses.exactSolver());
      InverseSolver iterative =
          inverses.iterativeSolver().needsWarmStart() ? inverses.iterativeSolver() : exact;
      return new StepCost(
          training,
          factors(size, input, output) + passes * extraPass,
          each(input, d -> inverse(iterative, d)) + each(output, d -> inverse(iterative, d)),
          each(input, d -> inverse(exact, d)) + each(output, d -> inverse(exact, d)),
          applied);
    }
    if (options.approximation() instanceof Eigenbases bases) {
      double refresh = each(input, CostModel::eigen) + each(output, CostModel::eigen);
      double spectrum = bases.spectrum() == Spectrum.REESTIMATED ? spectrum(size) : 0;
      return new StepCost(
          training,
          factors(size, input, output) + spectrum + passes * extraPass,
          refresh,
          refresh,
          2 * applied);
    }
    double refresh =
        each(input, this::woodbury) + each(output, this::woodbury) + passes * extraPass;
    return new StepCost(training, 0, refresh, refresh, applied);
  }

  /** Steps between two refreshes of a layer. */
  long refreshPeriod(LayerSite<?> site) {
    return override(site, LayerOverride::refreshes)
        .map(RefreshPolicy::period)
        .orElse(options.refreshes().period());
  }

  private <V> Optional<V> override(
      LayerSite<?> site, Function<LayerOverride, Optional<V>> setting) {
    return options.layers().overrides().stream()
        .filter(override -> override.pattern().matches(site.name()))
        .flatMap(override -> setting.apply(override).stream())
        .reduce((first, second) -> second);
  }

  /** Backward passes beyond that of training. */
  private int passes() {
    Fisher fisher = options.factors().fisher();
    if (fisher instanceof Fisher.Exact) {
      return outputs;
    }
    return fisher instanceof Fisher.Sampled ? 1 : 0;
  }

  private double factors(LayerSize size, FactorStructure input, FactorStructure output) {
    double n = options.factors().positions() instanceof Positions.Reduce ? batch : size.rows();
    return n * each(input, d -> d * d) + Math.max(1, passes()) * n * each(output, d -> d * d);
  }

  /** Gradients per example in the eigenbasis: rows are projected first where that is less work. */
  private double spectrum(LayerSize size) {
    double n = size.rows();
    double a = size.inputSize();
    double b = size.outputSize();
    double ofInput = 2 * n * a * a;
    double ofPass = 2 * n * b * b + 2 * n * a * b;
    double projectedLater = 2 * n * a * b + 2 * batch * a * b * (a + b);
    int passes = Math.max(1, passes());
    return size.blocks() * Math.min(ofInput + passes * ofPass, passes * projectedLater);
  }

  private double woodbury(double d) {
    double n = batch;
    return n < d ? 2 * n * n * d + n * n * n + 2 * n * d * d : n * d * d + d * d * d;
  }

  /** The product of a factor's inverse with a matrix that has this many columns. */
  private static double applied(FactorStructure factor, double columns) {
    return factor instanceof FactorStructure.Diagonal
        ? factor.size() * columns
        : each(factor, d -> 2 * d * d * columns);
  }

  /** The work on every matrix that is kept of a factor; that on a diagonal is as long as it. */
  private static double each(FactorStructure factor, Function<Double, Double> work) {
    if (factor instanceof FactorStructure.Identity) {
      return 0;
    }
    if (factor instanceof FactorStructure.Diagonal) {
      return factor.size();
    }
    if (factor instanceof FactorStructure.Blocks blocks) {
      return blocks.count() * work.apply((double) blocks.blockSize());
    }
    int count = factor instanceof FactorStructure.Stack stack ? stack.count() : 1;
    return count * work.apply((double) factor.size());
  }

  private static double inverse(InverseSolver solver, double order) {
    double cube = order * order * order;
    if (solver instanceof NewtonInverse newton) {
      return 4 * cube * newton.iterations();
    }
    if (solver.equals(InverseSolver.lu())) {
      return 2 * cube;
    }
    return solver.equals(InverseSolver.eigen()) ? eigen(order) : cube;
  }

  private static double eigen(double order) {
    return EIGENDECOMPOSITION * order * order * order;
  }
}
