package io.github.tfkfac.models.savedmodel;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpDef.ArgDef;

/**
 * Side effects of a call of a signature, besides computing its outputs from its inputs and
 * variables.
 *
 * @param written the variables and other states that it changes, by name
 * @param draws the operations that draw random numbers, other ones in every call
 */
public record SignatureEffects(Set<String> written, List<String> draws) {

  /** Of signatures that only compute. */
  static final SignatureEffects NONE = new SignatureEffects(Set.of(), List.of());

  private static final Pattern RANDOM =
      Pattern.compile(
          "Random(Uniform|UniformInt|StandardNormal|Shuffle|Gamma|GammaGrad|Poisson|PoissonV2)"
              + "|TruncatedNormal|ParameterizedTruncatedNormal|Multinomial|RandomCrop"
              + "|Stateful(Uniform|StandardNormal|TruncatedNormal|RandomBinomial).*|NonDeterministicInts"
              + "|RngReadAndSkip|SampleDistortedBoundingBox(V2)?|.*CandidateSampler");

  private static final Pattern KEYED =
      Pattern.compile(
          "Stateless(Random|TruncatedNormal|Parameterized|Multinomial|Shuffle|Sample).*");

  private static final Set<String> KEYS = Set.of("seed", "key", "counter");

  private static final Pattern CALLS =
      Pattern.compile("((Stateful)?PartitionedCall(_\\d+)?|training|serving_default)/");

  public SignatureEffects {
    written = Set.copyOf(written);
    draws = List.copyOf(draws);
  }

  /** Effects of the nodes of a graph that a call runs. */
  static SignatureEffects of(GraphDef graph, Collection<String> run) {
    GraphDef slice = GraphSlice.of(graph, run);
    ResourceAccesses accesses = new ResourceAccesses(slice);
    Map<String, NodeDef> nodes = GraphSlice.nodes(slice);
    Set<String> written = new TreeSet<>();
    Set<String> draws = new LinkedHashSet<>();
    for (NodeDef node : slice.getNodeList()) {
      written.addAll(accesses.changed(node.getName()));
      if (RANDOM.matcher(node.getOp()).matches()
          || (KEYED.matcher(node.getOp()).matches() && isKeyedByState(node, nodes))) {
        draws.add(CALLS.matcher(node.getName()).replaceAll(""));
      }
    }
    return new SignatureEffects(written, List.copyOf(draws));
  }

  /** Whether what decides the numbers that a node draws changes from call to call. */
  private static boolean isKeyedByState(NodeDef node, Map<String, NodeDef> nodes) {
    OpDef definition = OutputPorts.definition(node.getOp());
    Deque<String> open = new ArrayDeque<>();
    if (definition != null) {
      int input = 0;
      for (ArgDef argument : definition.getInputArgList()) {
        if (KEYS.contains(argument.getName())) {
          open.add(TensorRef.parse(node.getInput(input)).node());
        }
        input += OutputPorts.size(argument, node, definition);
      }
    }
    Set<String> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      NodeDef found = nodes.get(open.remove());
      if (found == null) {
        continue;
      }
      if (RestoredVariables.isVariable(found) || RANDOM.matcher(found.getOp()).matches()) {
        return true;
      }
      for (TensorRef source : TensorRef.inputs(found)) {
        if (!source.isControl() && seen.add(source.node())) {
          open.add(source.node());
        }
      }
    }
    return false;
  }
}
