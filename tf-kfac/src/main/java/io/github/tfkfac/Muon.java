package io.github.tfkfac;

import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.extension.UpdateRules;
import io.github.tfkfac.internal.update.Hyperparameters;
import io.github.tfkfac.internal.update.MuonRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.ndarray.Shape;

/**
 * Muon: momentum whose matrix is orthogonalized, so that every direction of a layer is learned at
 * one speed; another rule for variables that are no matrices.
 *
 * <p>{@code m = μ m + (1-μ) g; O = NS(m + μ-look-ahead); w = (1 - lr wd) w - lr s O} with five
 * quintic Newton–Schulz steps NS and a factor s of the shape. The momentum is an average; as NS
 * takes no notice of the length, a sum gives the same.
 *
 * <p><i>Shapes</i>: a matrix {@code [inputs, outputs]}; a convolution's kernel is the matrix {@code
 * [window·inputs, outputs]}, all axes but the last together. Biases, scales, shifts and single rows
 * or columns have the other rule. Embeddings and the last layer should have it too (Jordan et al.
 * 2024): name them by {@link #withOthersFor}.
 *
 * <p>Libraries differ in what they call Muon; docs/guide/muon-shampoo-soap.md has the settings that
 * follow each.
 *
 * <p>Source: Jordan et al. 2024; Liu et al. 2025 for {@link Length#ADAMW_RMS}.
 *
 * @param momentum μ, in [0, 1)
 * @param form of the momentum
 * @param length factor s
 * @param iteration precision of the Newton–Schulz steps
 * @param steps Newton–Schulz steps, at least 1
 * @param others rule of what is no matrix
 * @param othersFor patterns of matrices that have the other rule too; each must match a trained
 *     variable
 */
public record Muon(
    double momentum,
    Form form,
    Length length,
    Iteration iteration,
    int steps,
    UpdateRule others,
    List<NamePattern> othersFor)
    implements UpdateRules {

  /** Matrix that is orthogonalized. */
  public enum Form {
    /** The average. */
    HEAVY_BALL,
    /** {@code μ m + (1-μ) g}: Nesterov's look-ahead, as PyTorch and Keras have it. */
    NESTEROV,
    /**
     * {@code μ m / (1-μ^(t+1)) + (1-μ) g / (1-μ^t)}: both parts corrected for the average's start
     * at zero, as Optax has it (Dozat 2016, Nadam).
     */
    CORRECTED_NESTEROV
  }

  /** Length of a step for each shape. */
  public enum Length {
    /** {@code √max(1, outputs/inputs)} (Jordan et al. 2024). */
    JORDAN,
    /** {@code 0.2 √max(inputs, outputs)}: as long as AdamW's, whose learning rates it takes. */
    ADAMW_RMS,
    /** 1. */
    ONE
  }

  /** Precision of the Newton–Schulz steps. */
  public enum Iteration {
    /** The variable's type, as Keras and Optax do. */
    FULL,
    /** Bfloat16, as PyTorch does; half the price where products in it are. */
    BFLOAT16
  }

  public Muon {
    Hyperparameters.requireFraction("momentum", momentum);
    Hyperparameters.requirePositive("number of Newton-Schulz steps", steps);
    othersFor = List.copyOf(othersFor);
  }

  /** Nesterov momentum 0.95, five steps, AdamW's length, AdamW for what is no matrix. */
  public static Muon standard() {
    return new Muon(
        0.95, Form.NESTEROV, Length.ADAMW_RMS, Iteration.FULL, 5, AdamW.standard(), List.of());
  }

  @Override
  public UpdateRule of(String name, Shape shape, int number) {
    return MuonRule.isMatrix(shape) && othersFor.stream().noneMatch(p -> p.matches(name))
        ? new MuonRule(this)
        : others;
  }

  @Override
  public List<NamePattern> patterns() {
    return othersFor;
  }

  /** The same with another momentum. */
  public Muon withMomentum(double value) {
    return new Muon(value, form, length, iteration, steps, others, othersFor);
  }

  /** The same with another form of the momentum. */
  public Muon withForm(Form other) {
    return new Muon(momentum, other, length, iteration, steps, others, othersFor);
  }

  /** The same with another length of the steps. */
  public Muon withLength(Length other) {
    return new Muon(momentum, form, other, iteration, steps, others, othersFor);
  }

  /** The same with Newton–Schulz steps in another precision. */
  public Muon withIteration(Iteration other) {
    return new Muon(momentum, form, length, other, steps, others, othersFor);
  }

  /** The same with another number of Newton–Schulz steps. */
  public Muon withSteps(int count) {
    return new Muon(momentum, form, length, iteration, count, others, othersFor);
  }

  /** The same with another rule for what is no matrix. */
  public Muon withOthers(UpdateRule rule) {
    return new Muon(momentum, form, length, iteration, steps, rule, othersFor);
  }

  /** The same with the other rule also for variables of these names, embeddings for example. */
  public Muon withOthersFor(String... names) {
    List<NamePattern> all = new ArrayList<>(othersFor);
    Stream.of(names).map(NamePattern::new).forEach(all::add);
    return new Muon(momentum, form, length, iteration, steps, others, all);
  }
}
