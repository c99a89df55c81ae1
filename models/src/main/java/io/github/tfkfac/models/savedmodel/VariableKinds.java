package io.github.tfkfac.models.savedmodel;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.models.savedmodel.VariableIdentities.Identity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VariableDef;

/**
 * Tells what a model's variables are for: by what the model declares (its objects, or its
 * collection of trainable variables), by names, and by which outputs need them.
 */
final class VariableKinds {

  private static final Pattern METRIC =
      Pattern.compile("(^|/)(keras_api/metrics|_?metrics|compiled_metrics|loss_tracker)/");
  private static final Pattern METRIC_NAME = Pattern.compile("(^|.*/)(total|count)(_\\d+)?");
  private static final Pattern OPTIMIZER_KEY =
      Pattern.compile("(^|.*/)optimizer/_variables/\\d+/.*");
  private static final Pattern SLOT_NAME =
      Pattern.compile(
          "(.+)/(Momentum|Adam|Adam_1|Adagrad|Adadelta|Adadelta_1|RMSProp|RMSProp_1|Ftrl|Ftrl_1"
              + "|ExponentialMovingAverage)");

  private final CheckpointIndex checkpoint;
  private final Set<String> declared;
  private final boolean declares;
  private final SavedObjects objects;
  private final MetaGraphDef model;
  private final Collection<SignatureSpec> signatures;

  /**
   * For a model.
   *
   * @param model the model, its graph with the variables' names
   */
  VariableKinds(
      MetaGraphDef model,
      SavedObjects objects,
      CheckpointIndex checkpoint,
      Collection<SignatureSpec> signatures) {
    this.model = model;
    this.signatures = signatures;
    this.checkpoint = checkpoint;
    this.objects = objects;
    this.declared = new HashSet<>();
    this.declares = model.containsCollectionDef("trainable_variables");
    if (declares) {
      for (ByteString bytes :
          model.getCollectionDefOrThrow("trainable_variables").getBytesList().getValueList()) {
        declared.add(TensorRef.parse(name(bytes)).node());
      }
    }
  }

  private static String name(ByteString definition) {
    try {
      return VariableDef.parseFrom(definition).getVariableName();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a trainable variable's definition cannot be parsed", e);
    }
  }

  /** Classifies variables. */
  List<SavedVariable> classify(Map<String, Identity> named) {
    Set<String> used = usedBySignatures(named.keySet());
    List<SavedVariable> variables = new ArrayList<>();
    named.forEach(
        (name, variable) ->
            variables.add(
                new SavedVariable(
                    name,
                    variable.keys(),
                    variable.slice(),
                    kind(name, variable, named.keySet(), used),
                    shape(variable),
                    type(variable))));
    return List.copyOf(variables);
  }

  private Shape shape(Identity variable) {
    AttrValue declaredShape =
        variable
            .handle()
            .map(node -> node.getAttrOrDefault("shape", AttrValue.getDefaultInstance()))
            .orElse(AttrValue.getDefaultInstance());
    Shape shape = TensorSpec.shape(declaredShape.getShape());
    CheckpointIndex.Entry entry = checkpoint.entries().get(variable.keys().get(0));
    return (shape.hasUnknownDimension() || !declaredShape.hasShape())
            && entry != null
            && variable.slice().isEmpty()
        ? entry.shape()
        : shape;
  }

  private DataType type(Identity variable) {
    return variable
        .handle()
        .map(node -> node.getAttrOrThrow("dtype").getType())
        .orElseGet(() -> objects.type(variable.objects().iterator().next()));
  }

  private VariableKind kind(String name, Identity variable, Set<String> all, Set<String> used) {
    if (variable.keys().stream().anyMatch(VariableKinds::isSlot) || isSlotByName(name, all)) {
      return VariableKind.OPTIMIZER_SLOT;
    }
    if (!VariableFilter.allButMovingStatistics().accepts(name)) {
      return VariableKind.MOVING_STATISTIC;
    }
    if (variable.keys().stream().anyMatch(key -> METRIC.matcher(key).find())) {
      return VariableKind.METRIC;
    }
    DataType type = type(variable);
    if (type != DataType.DT_FLOAT && type != DataType.DT_DOUBLE) {
      return VariableKind.OTHER;
    }
    Optional<Boolean> trainable = objects.trainable(variable.objects());
    if (trainable.isEmpty()) {
      return (declares ? declared : used).contains(name)
          ? VariableKind.TRAINABLE
          : VariableKind.OTHER;
    }
    if (trainable.get()) {
      return VariableKind.TRAINABLE;
    }
    if (METRIC_NAME.matcher(name).matches()) {
      return VariableKind.METRIC;
    }
    return used.contains(name) && variable.objects().stream().noneMatch(objects::isOptimizers)
        ? VariableKind.FROZEN
        : VariableKind.OTHER;
  }

  private static boolean isSlot(String key) {
    return key.contains("/.OPTIMIZER_SLOT/") || OPTIMIZER_KEY.matcher(key).matches();
  }

  private static boolean isSlotByName(String name, Set<String> all) {
    Matcher slot = SLOT_NAME.matcher(name);
    return slot.matches() && all.contains(slot.group(1));
  }

  private Set<String> usedBySignatures(Set<String> variables) {
    Set<String> outputs = new HashSet<>();
    for (SignatureSpec signature : signatures) {
      signature.outputs().values().stream()
          .map(spec -> TensorRef.parse(spec.tensor()).node())
          .forEach(outputs::add);
    }
    Set<String> used = new HashSet<>();
    for (NodeDef node : GraphSlice.of(model.getGraphDef(), outputs).getNodeList()) {
      used.add(node.getName());
    }
    used.retainAll(variables);
    return used;
  }
}
