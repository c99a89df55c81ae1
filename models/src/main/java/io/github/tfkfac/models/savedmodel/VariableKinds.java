package io.github.tfkfac.models.savedmodel;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.tfkfac.graph.VariableFilter;
import io.github.tfkfac.models.savedmodel.RestoredVariables.Restored;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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

  VariableKinds(
      MetaGraphDef model, CheckpointIndex checkpoint, Collection<SignatureSpec> signatures) {
    this.model = model;
    this.signatures = signatures;
    this.checkpoint = checkpoint;
    this.objects = new SavedObjects(model.getObjectGraphDef());
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

  List<SavedVariable> classify(List<Restored> restored) {
    Map<String, Shape> shapes = new HashMap<>();
    restored.forEach(one -> shapes.put(one.node().getName(), shape(one)));
    Set<String> used = declares ? Set.of() : usedBySignatures(restored);
    List<SavedVariable> variables = new ArrayList<>();
    for (Restored one : restored) {
      String name = one.node().getName();
      variables.add(
          new SavedVariable(
              name,
              one.key(),
              one.slice(),
              kind(one, shapes, used),
              shapes.getOrDefault(name, Shape.unknown()),
              one.node().getAttrOrThrow("dtype").getType()));
    }
    return List.copyOf(variables);
  }

  private Shape shape(Restored one) {
    AttrValue declaredShape = one.node().getAttrOrDefault("shape", AttrValue.getDefaultInstance());
    Shape shape = TensorSpec.shape(declaredShape.getShape());
    CheckpointIndex.Entry entry = checkpoint.entries().get(one.key());
    return (shape.hasUnknownDimension() || !declaredShape.hasShape())
            && entry != null
            && one.slice().isEmpty()
        ? entry.shape()
        : shape;
  }

  private VariableKind kind(Restored one, Map<String, Shape> shapes, Set<String> used) {
    String name = one.node().getName();
    Optional<Boolean> trainable = objects.trainable(one.key());
    if (one.key().contains("/.OPTIMIZER_SLOT/") || isSlotByName(one, shapes)) {
      return VariableKind.OPTIMIZER_SLOT;
    }
    if (!VariableFilter.allButMovingStatistics().accepts(name)) {
      return VariableKind.MOVING_STATISTIC;
    }
    if (METRIC.matcher(one.key()).find()) {
      return VariableKind.METRIC;
    }
    DataType type = one.node().getAttrOrThrow("dtype").getType();
    if (type != DataType.DT_FLOAT && type != DataType.DT_DOUBLE) {
      return VariableKind.OTHER;
    }
    if (trainable.isPresent()) {
      return trainable.get()
          ? VariableKind.TRAINABLE
          : METRIC_NAME.matcher(name).matches() ? VariableKind.METRIC : VariableKind.OTHER;
    }
    boolean isTrainable = declares ? declared.contains(name) : used.contains(name);
    return isTrainable ? VariableKind.TRAINABLE : VariableKind.OTHER;
  }

  private boolean isSlotByName(Restored one, Map<String, Shape> shapes) {
    String name = one.node().getName();
    if (OPTIMIZER_KEY.matcher(one.key()).matches()) {
      return true;
    }
    Matcher slot = SLOT_NAME.matcher(name);
    return slot.matches() && shapes.containsKey(slot.group(1));
  }

  private Set<String> usedBySignatures(List<Restored> restored) {
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
    Set<String> variables = new HashSet<>();
    restored.forEach(one -> variables.add(one.node().getName()));
    used.retainAll(variables);
    return used;
  }
}
