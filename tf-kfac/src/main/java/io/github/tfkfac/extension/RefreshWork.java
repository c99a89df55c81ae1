package io.github.tfkfac.extension;

import io.github.tfkfac.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Part of a curvature block that is recomputed at a refresh.
 *
 * <p>Works of one {@link #kind} may be batched. With staggered refreshes each has a step of its own
 * as far as there are steps enough.
 */
public interface RefreshWork<T extends TNumber> {

  /** Roughly the multiplications of an exact refresh. */
  double cost();

  /** Builds the refresh; what it returns changes the state. */
  List<Op> refresh(Ops tf, RefreshContext<T> context);

  /** Key that is equal for works that can be batched; by default a work has no equal. */
  default Object kind() {
    return this;
  }

  /**
   * Batches works of one kind, of which this is the first; by default each stays alone.
   *
   * @param largestCost of a batch, unless a single work costs more
   */
  default List<RefreshWork<T>> batched(List<RefreshWork<T>> sameKind, double largestCost) {
    return sameKind;
  }

  /**
   * The work in parts for several workers; by default it stays whole.
   *
   * @param largestCost of a part, as far as there are parts as small
   */
  default List<RefreshWork<T>> divided(double largestCost) {
    return List.of(this);
  }

  /**
   * The variables that the refresh writes, if one of several workers may do it for all, which then
   * get these; empty, as by default, for a work that every worker does.
   */
  default List<GraphVariable<? extends TNumber>> results() {
    return List.of();
  }

  /** Builds what follows on every worker once the results are there; nothing by default. */
  default List<Op> completed(Ops tf) {
    return List.of();
  }

  /** Quantities of layers that tell how long ago this work was done; none by default. */
  default List<Aged> aged() {
    return List.of();
  }

  /**
   * Result of a work whose age is reported.
   *
   * @param layer name of the layer's weight
   * @param age the quantity
   */
  record Aged(String layer, Quantity age) {}

  /**
   * A work that replaces values of variables. A value that is not finite is rejected, of a stack of
   * matrices each on its own, and the old one stays.
   *
   * @param cost roughly the multiplications
   * @param values builds the new values
   */
  static <T extends TNumber> RefreshWork<T> of(
      double cost, BiFunction<Ops, RefreshContext<T>, List<NewValue<T>>> values) {
    return of(cost, List.of(), values);
  }

  /** The same with ages that are reported. */
  static <T extends TNumber> RefreshWork<T> of(
      double cost, List<Aged> aged, BiFunction<Ops, RefreshContext<T>, List<NewValue<T>>> values) {
    return new RefreshWork<>() {
      @Override
      public double cost() {
        return cost;
      }

      @Override
      public List<Aged> aged() {
        return aged;
      }

      @Override
      public List<Op> refresh(Ops tf, RefreshContext<T> context) {
        List<Op> effects = new ArrayList<>();
        values.apply(tf, context).forEach(value -> effects.addAll(context.assign(tf, value)));
        return effects;
      }
    };
  }
}
