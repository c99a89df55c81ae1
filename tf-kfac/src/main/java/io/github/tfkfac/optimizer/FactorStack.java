package io.github.tfkfac.optimizer;

import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.state.GraphVariable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Factors of one structure that are batched: several dense ones as a stack, every other kind alone.
 * Fewer operations, and all cores are busy.
 *
 * @param members the factors with their layers
 */
record FactorStack<T extends TNumber>(List<Member<T>> members) {

  /**
   * A factor in its layer.
   *
   * @param layer the layer
   * @param side which of its factors
   */
  record Member<T extends TNumber>(LayerState<T> layer, Side side) {

    FactorState<T> factor() {
      return side == Side.INPUT ? layer.input() : layer.output();
    }

    /** The layer's other factor. */
    FactorState<T> partner() {
      return side == Side.INPUT ? layer.output() : layer.input();
    }

    GraphVariable<T> average() {
      return factor().average().orElseThrow();
    }
  }

  /** Side of a layer, which selects one of its two factors. */
  enum Side {
    INPUT,
    OUTPUT
  }

  FactorStructure structure() {
    return members.get(0).factor().structure();
  }

  Operand<T> averages(Ops tf) {
    return join(tf, members.stream().map(member -> member.average().read(tf)).toList());
  }

  /** One value of every member as one operand; a scalar each becomes a vector. */
  Operand<T> join(Ops tf, List<Operand<T>> values) {
    return values.size() == 1 ? values.get(0) : tf.stack(values);
  }

  /** Assigns the parts of a joined value. */
  List<Op> assign(Ops tf, List<GraphVariable<T>> variables, Operand<T> joined) {
    if (variables.size() == 1) {
      return List.of(variables.get(0).assign(tf, joined));
    }
    List<Op> effects = new ArrayList<>();
    int index = 0;
    for (Operand<T> value : tf.unstack(joined, (long) variables.size())) {
      effects.add(variables.get(index++).assign(tf, value));
    }
    return effects;
  }

  /** Roughly the multiplications of inverting all members. */
  double cost() {
    return members.stream().mapToDouble(member -> cost(member.factor().structure())).sum();
  }

  static double cost(FactorStructure structure) {
    if (structure instanceof FactorStructure.Full full) {
      return Math.pow(full.size(), 3);
    }
    if (structure instanceof FactorStructure.Stack stack) {
      return stack.count() * Math.pow(stack.size(), 3);
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      return blocks.count() * Math.pow(blocks.blockSize(), 3);
    }
    return structure.entries();
  }
}
