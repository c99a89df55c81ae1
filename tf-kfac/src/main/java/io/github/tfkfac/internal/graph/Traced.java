package io.github.tfkfac.internal.graph;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Knowledge of the dimensions of a tensor. */
sealed interface Traced {

  /** The dimensions are known. */
  record Known(Axes dimensions) implements Traced {}

  /** The rank is unknown; a reshape to a known one makes a batch of it. */
  record Unranked(String reason) implements Traced {}

  /** The dimension that counts the examples is not known. */
  record Lost(String reason) implements Traced {}

  static Traced of(Axes axes) {
    return new Known(axes);
  }

  /** The dimensions if they are known. */
  default Optional<Axes> axes() {
    return this instanceof Known known ? Optional.of(known.dimensions()) : Optional.empty();
  }

  /** Reason why the dimensions are not known. */
  default String reason() {
    if (this instanceof Unranked unranked) {
      return unranked.reason();
    }
    return this instanceof Lost lost ? lost.reason() : "";
  }

  /** Maps known dimensions; others stay as they are. */
  default Traced map(Function<Axes, Traced> next) {
    return this instanceof Known known ? next.apply(known.dimensions()) : this;
  }

  /** Looks for a layer with known dimensions; with others there is none. */
  default LayerMatch match(Function<Axes, LayerMatch> next) {
    return this instanceof Known known
        ? next.apply(known.dimensions())
        : new LayerMatch.Other(reason());
  }

  /** Maps dimensions of which all are known; otherwise the first that are not. */
  static Traced all(List<Traced> inputs, Function<List<Axes>, Traced> next) {
    return inputs.stream()
        .filter(input -> !(input instanceof Known))
        .findFirst()
        .orElseGet(
            () -> next.apply(inputs.stream().flatMap(input -> input.axes().stream()).toList()));
  }
}
