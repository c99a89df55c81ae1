package io.github.tfkfac.models.savedmodel;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.Output;
import org.tensorflow.op.Op;

/**
 * A signature in a graph.
 *
 * @param spec the signature
 * @param inputs the tensors to feed, by name
 * @param outputs the tensors to fetch or to build a loss from, by name
 * @param sideEffects what a call of the signature writes besides computing its outputs, such as the
 *     update of a training signature; to be run as a target together with the outputs
 * @param effects what these writes, and draws of random numbers, are
 */
public record LoadedSignature(
    SignatureSpec spec,
    SortedMap<String, Output<?>> inputs,
    SortedMap<String, Output<?>> outputs,
    Optional<Op> sideEffects,
    SignatureEffects effects) {

  public LoadedSignature {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
  }

  /**
   * An input by name.
   *
   * @throws SavedModelException if the signature has none of this name
   */
  public Output<?> input(String name) {
    return find("input", name, inputs);
  }

  /**
   * An output by name.
   *
   * @throws SavedModelException if the signature has none of this name
   */
  public Output<?> output(String name) {
    return find("output", name, outputs);
  }

  private Output<?> find(String what, String name, SortedMap<String, Output<?>> tensors) {
    Output<?> found = tensors.get(name);
    if (found == null) {
      throw SavedModelException.of(
          "signature '" + spec.name() + "'",
          what + " '" + name + "'",
          "the " + what + "s " + tensors.keySet(),
          "choose one of these");
    }
    return found;
  }
}
