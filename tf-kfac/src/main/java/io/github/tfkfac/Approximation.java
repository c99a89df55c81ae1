package io.github.tfkfac;

import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.internal.linalg.NewtonInverse;
import io.github.tfkfac.internal.optimizer.EigenBlock;
import io.github.tfkfac.internal.optimizer.InverseBlock;
import io.github.tfkfac.internal.optimizer.LowRankBlock;
import java.util.Optional;
import org.tensorflow.types.family.TNumber;

/**
 * Curvature approximation: creates the {@link CurvatureBlock} of every captured layer.
 *
 * <p>The three records are those of K-FAC and its relatives; {@link #of} makes one of any other
 * block.
 */
public interface Approximation {

  /** The damping that blocks apply; {@link CapturedLayer#damping} has a layer's own. */
  Damping damping();

  /** Precision in which inverses are applied to gradients. */
  default PreconditioningPrecision precision() {
    return PreconditioningPrecision.FLOAT32;
  }

  /** The same with another damping. */
  Approximation withDamping(Damping other);

  /**
   * Creates the block of a layer, with its variables.
   *
   * @throws UnsupportedLayerException if there is none for such a layer
   */
  <T extends TNumber> CurvatureBlock<T> create(CapturedLayer<T> layer);

  /**
   * Description of an approximation that takes its curvature from the current batch alone, so that
   * nothing is averaged; empty, as by default, for all others.
   */
  default Optional<String> ofOneBatch() {
    return Optional.empty();
  }

  /**
   * Description of what needs a step's examples at once, so that they cannot be divided into
   * micro-batches; empty, as by default, if moments and gradients are enough.
   */
  default Optional<String> ofWholeBatch() {
    return ofOneBatch();
  }

  /**
   * An approximation by blocks of another kind.
   *
   * <pre>{@code
   * Approximation.of("diagonal", Damping.absolute(1e-8), DiagonalBlock::new)
   * }</pre>
   *
   * @param name what messages call it
   * @param damping what {@link CapturedLayer#damping} gives, unless a layer has its own
   * @param blocks creates a layer's block
   */
  static Approximation of(String name, Damping damping, Blocks blocks) {
    return new Custom(name, damping, blocks);
  }

  /** Creates blocks; the constructor of a block that takes its layer is one. */
  @FunctionalInterface
  interface Blocks {

    /** The block of a layer. */
    <T extends TNumber> CurvatureBlock<T> create(CapturedLayer<T> layer);
  }

  /**
   * An approximation by blocks of another kind; see {@link #of}.
   *
   * @param name what messages call it
   * @param damping the damping
   * @param blocks creates a layer's block
   */
  record Custom(String name, Damping damping, Blocks blocks) implements Approximation {

    @Override
    public Custom withDamping(Damping other) {
      return new Custom(name, other, blocks);
    }

    @Override
    public <T extends TNumber> CurvatureBlock<T> create(CapturedLayer<T> layer) {
      return blocks.create(layer);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * An inverse of each damped factor: {@code V = (A + λ_A I)⁻¹ ∇ (G + λ_G I)⁻¹}.
   *
   * @param damping what is added to each factor's diagonal
   * @param exactSolver the solver of exact refreshes
   * @param iterativeSolver the solver of the others; it starts from the inverse so far
   * @param certification when the result of an iterative refresh is good enough; where it is not,
   *     one more step is taken, and where that is not enough either, the exact solver
   * @param precision in which the inverses are applied
   */
  record Inverses(
      Damping damping,
      InverseSolver exactSolver,
      InverseSolver iterativeSolver,
      Optional<Certification> certification,
      PreconditioningPrecision precision)
      implements Approximation {

    /** Iterative refreshes are not probed, inverses are applied in float32. */
    public Inverses(Damping damping, InverseSolver exactSolver, InverseSolver iterativeSolver) {
      this(
          damping,
          exactSolver,
          iterativeSolver,
          Optional.empty(),
          PreconditioningPrecision.FLOAT32);
    }

    public Inverses {
      if (exactSolver.needsWarmStart()) {
        throw new IllegalArgumentException(
            "expected a direct solver for exact refreshes, found "
                + exactSolver
                + "; use the block inverse, LU, Cholesky or eigendecomposition");
      }
      if (certification.isPresent() && !(iterativeSolver instanceof NewtonInverse)) {
        throw new IllegalArgumentException(
            "expected Newton's iteration for certified refreshes, found "
                + iterativeSolver
                + ", which needs no certificate; leave the certification out");
      }
    }

    @Override
    public Inverses withDamping(Damping other) {
      return new Inverses(other, exactSolver, iterativeSolver, certification, precision);
    }

    @Override
    public <T extends TNumber> CurvatureBlock<T> create(CapturedLayer<T> layer) {
      return new InverseBlock<>(layer, this);
    }

    /** The same with other solvers. */
    public Inverses withSolvers(InverseSolver exact, InverseSolver iterative) {
      return new Inverses(damping, exact, iterative, certification, precision);
    }

    /** The same with probed iterative refreshes. */
    public Inverses withCertification(Certification value) {
      return new Inverses(damping, exactSolver, iterativeSolver, Optional.of(value), precision);
    }

    /** The same with inverses that are applied in another precision. */
    public Inverses withPrecision(PreconditioningPrecision other) {
      return new Inverses(damping, exactSolver, iterativeSolver, certification, other);
    }
  }

  /**
   * The eigenvectors of each factor, with the damping added to the whole Kronecker product: {@code
   * V = Q_A [(Q_Aᵀ ∇ Q_G) ⊘ (S + λ)] Q_Gᵀ} (George et al. 2018; Tselepidis et al. 2020, appendix A,
   * for the product).
   *
   * @param damping λ, the same for every layer
   * @param spectrum what S is
   */
  record Eigenbases(Damping damping, Spectrum spectrum) implements Approximation {

    public Eigenbases {
      if (!(damping instanceof Damping.Absolute)) {
        throw new IllegalArgumentException(
            "expected an absolute damping of the Kronecker product in its eigenbasis, found "
                + damping
                + "; use Damping.absolute, or inverses of the damped factors");
      }
    }

    @Override
    public Eigenbases withDamping(Damping other) {
      return new Eigenbases(other, spectrum);
    }

    @Override
    public <T extends TNumber> CurvatureBlock<T> create(CapturedLayer<T> layer) {
      return new EigenBlock<>(layer, this);
    }

    @Override
    public Optional<String> ofWholeBatch() {
      return spectrum == Spectrum.REESTIMATED
          ? Optional.of("a re-estimated spectrum (EKFAC)")
          : Optional.empty();
    }
  }

  /** The diagonal in the eigenbasis. */
  enum Spectrum {
    /** {@code λ_A λ_Gᵀ}, the eigenvalues of the Kronecker product (K-FAC). */
    PRODUCT,
    /**
     * The mean square of the projected per-example gradients, renewed with the statistics (EKFAC;
     * George et al. 2018).
     */
    REESTIMATED
  }

  /**
   * Inverses of the damped factors of the current mini-batch by the Woodbury identity: nothing is
   * averaged, and with N examples only N×N systems are solved (Tang et al. 2021, SKFAC).
   *
   * @param damping what is added to each factor's diagonal
   * @param precision in which the inverses are applied
   */
  record LowRank(Damping damping, PreconditioningPrecision precision) implements Approximation {

    /** Inverses are applied in float32. */
    public LowRank(Damping damping) {
      this(damping, PreconditioningPrecision.FLOAT32);
    }

    @Override
    public LowRank withDamping(Damping other) {
      return new LowRank(other, precision);
    }

    /** The same with inverses that are applied in another precision. */
    public LowRank withPrecision(PreconditioningPrecision other) {
      return new LowRank(damping, other);
    }

    @Override
    public <T extends TNumber> CurvatureBlock<T> create(CapturedLayer<T> layer) {
      return new LowRankBlock<>(layer, precision);
    }

    @Override
    public Optional<String> ofOneBatch() {
      return Optional.of("inverses of the mini-batch (SKFAC)");
    }
  }
}
