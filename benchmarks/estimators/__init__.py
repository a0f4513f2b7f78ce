"""How often tempo, key, metre and onset estimators are right: candidates, data, figures."""
