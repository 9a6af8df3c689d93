exports.login = async () => ({ access_token: 'anonymous', expires_in: 3600 });

exports.unit = 1;
