package io.github.tfkfac.optimizer;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.linalg.Certification;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.linalg.NewtonInverse;
import java.util.Optional;

/**
 * Curvature approximation of a layer: the inverse form that is computed from its Kronecker factors
 * at a refresh, and the preconditioning of gradients with it.
 */
public sealed interface Approximation {

  /** Damping that is added before inversion. */
  Damping damping();

  /** The same with another damping. */
  Approximation withDamping(Damping other);

  /**
   * An inverse of each damped factor: {@code V = (A + λ_A I)⁻¹ ∇ (G + λ_G I)⁻¹}.
   *
   * @param damping what is added to each factor's diagonal
   * @param exactSolver the solver of exact refreshes
   * @param iterativeSolver the solver of the others; it starts from the inverse so far
   * @param certification when the result of an iterative refresh is good enough; where it is not,
   *     one more step is taken, and where that is not enough either, the exact solver
   */
  record Inverses(
      Damping damping,
      InverseSolver exactSolver,
      InverseSolver iterativeSolver,
      Optional<Certification> certification)
      implements Approximation {

    /** Iterative refreshes are not probed. */
    public Inverses(Damping damping, InverseSolver exactSolver, InverseSolver iterativeSolver) {
      this(damping, exactSolver, iterativeSolver, Optional.empty());
    }

    public Inverses {
      if (exactSolver.needsWarmStart()) {
        throw new IllegalArgumentException(
            "expected a direct solver for exact refreshes, found "
                + exactSolver
                + "; use LU, Cholesky or eigendecomposition");
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
      return new Inverses(other, exactSolver, iterativeSolver, certification);
    }

    /** The same with other solvers. */
    public Inverses withSolvers(InverseSolver exact, InverseSolver iterative) {
      return new Inverses(damping, exact, iterative, certification);
    }

    /** The same with probed iterative refreshes. */
    public Inverses withCertification(Certification value) {
      return new Inverses(damping, exactSolver, iterativeSolver, Optional.of(value));
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
   */
  record LowRank(Damping damping) implements Approximation {

    @Override
    public LowRank withDamping(Damping other) {
      return new LowRank(other);
    }
  }
}
